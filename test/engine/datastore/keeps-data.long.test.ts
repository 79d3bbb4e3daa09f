import { testKeepsData } from "./support/keeps-data";

testKeepsData("redis", "valkey", "valkey/valkey:9.1");
testKeepsData("postgres");
testKeepsData("mongodb", "mongodb, or FerretDB in its place");
testKeepsData("kafka");
