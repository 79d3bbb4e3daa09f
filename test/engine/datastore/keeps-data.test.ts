import { testKeepsData } from "./support/keeps-data";

testKeepsData("redis");
