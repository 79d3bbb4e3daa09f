# The official image's user and places.
groupadd --gid 1000 node
useradd --uid 1000 --gid node --shell /bin/bash --create-home node
ln -s /usr/bin/node /usr/local/bin/node
ln -s node /usr/local/bin/nodejs
ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx
chmod +x /usr/local/lib/node_modules/npm/bin/*.js
npm --version
