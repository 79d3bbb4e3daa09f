import { testKeepsData } from "./support/keeps-data";

testKeepsData("mongodb", "mongodb, or FerretDB in its place");
testKeepsData("kafka");
