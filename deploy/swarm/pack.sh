# Prints what is in force as an archive. What is live for a push alone is not: what was before is.
cd /etc/flotilla || exit
from=live
if [ -f live/provisional ] && [ -d before ]; then from=before; fi
tar -C "$from/" -cf - .
