import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { examplesFolder } from "../../cli/bare/examples.cjs";
import { readExample } from "../../cli/example";
import {
  checkToldExample,
  forgetCounts,
  hasOwnSettings,
  prepareExampleRun,
} from "../../cli/example-settings";
import { makeFolder } from "../support/folders";

test.each([
  [[], ["up"]],
  [
    ["--stack", "prod"],
    ["up", "--stack", "prod"],
  ],
  [
    ["down", "--volumes"],
    ["down", "--volumes"],
  ],
])("%j is understood", (words, expected) => {
  expect(readExample("scaling-lab", words, ["up", "down"]).words).toEqual(expected);
});

/** What a user tells the example of a shop, with pools and settings of its own. */
const told = (replicas: string[], set: string[] = []) => ({ replicas, set });

test.each([
  [told(["sale=3"]), "A pool of --replicas must be one of app, sales, got sale. Did you mean sales?"],
  [told(["web=3"]), "A pool of --replicas must be one of app, sales, got web."],
  [told(["app"]), "--replicas must be like app=3,sales=3, got app."],
  [told(["app=x"]), "--replicas must be like app=3,sales=3, got app=x."],
  [told(["app=2", "app=3"]), "--replicas must name each pool once, got app twice."],
  [told(["app=2"], ["stok=7"]), /^A setting of --set must be one of .*, got stok\. Did you mean stock\?$/],
  [told(["sale=3,ap=2"]), /got sale.*\n.*got ap\. Did you mean app\?$/],
])("%j is refused with what there is", (given, message) => {
  expect(() => {
    checkToldExample(join(examplesFolder, "shop"), given);
  }).toThrow(message);
});

test("an example of stack files is told what the program of all stacks is, which checks it itself", () => {
  expect(hasOwnSettings(join(examplesFolder, "chatbot"))).toBe(false);
  expect(hasOwnSettings(join(examplesFolder, "shop"))).toBe(true);
  expect(() => {
    checkToldExample(
      join(examplesFolder, "chatbot"),
      told(["chat=3"], ["pools.chat.env.NODE_ENV=production"]),
    );
  }).not.toThrow();
});

test("no secret of an example is a setting of the command line", () => {
  expect(() => {
    checkToldExample(join(examplesFolder, "food-delivery"), told([], ["jwtSecret=x"]));
  }).toThrow(/must be one of (?!.*jwtSecret,)/);
});

test("numbers of replicas are kept beside the stack's file until its own number is another one", () => {
  const folder = makeFolder();
  const place = { folder, stack: "dev" };
  const write = (app: number): string => {
    const text = `config:\n  shop:appReplicas: "${app}"\n  shop:salesReplicas: "1"\n`;
    writeFileSync(join(folder, "Pulumi.dev.yaml"), text);
    return text;
  };
  const run = (...given: Parameters<typeof told>) => {
    const { options, keep } = prepareExampleRun(place, told(...given), makeFolder());
    keep();
    return options.slice(1).map((option) => option.replace("--config=shop:", ""));
  };
  writeFileSync(join(folder, "Pulumi.yaml"), "name: shop\nruntime: nodejs\n");
  writeFileSync(
    join(folder, "index.ts"),
    'config.requireNumber("appReplicas"); config.requireNumber("salesReplicas"); config.get<Method>("method");',
  );
  const text = write(2);

  expect(run([])).toEqual([]);
  expect(run(["app=4"], ["method=hash"])).toEqual(["appReplicas=4", "method=hash"]);
  expect(run([])).toEqual(["appReplicas=4"]);
  expect(run(["sales=3"])).toEqual(["appReplicas=4", "salesReplicas=3"]);
  expect(readFileSync(join(folder, "Pulumi.dev.yaml"), "utf8")).toBe(text);
  write(3);
  expect(run([])).toEqual(["salesReplicas=3"]);
  forgetCounts(place);
  expect(run([])).toEqual([]);
});
