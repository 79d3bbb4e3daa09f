# Run in the sources of cAdvisor, which has no program of its own.
mkdir flotilla
cp "$here/images/$parts/main.go" flotilla/
