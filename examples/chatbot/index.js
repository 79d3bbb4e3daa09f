// The program is Flotilla's: what it deploys stands in the file of each stack.
module.exports = require("flotilla/stack");
