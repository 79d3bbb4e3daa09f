import { expect, test } from "vitest";
import { whileGood } from "../../deploy/while-good";
import { sleep } from "../../deploy/process";

test("work that is good is done, and looked at when it is", async () => {
  const done: string[] = [];
  let looks = 0;
  const look = async (): Promise<void> => {
    looks += 1;
    await sleep(0);
  };
  await whileGood(
    look,
    async (step) => {
      await step(() => Promise.resolve(done.push("one")));
      await sleep(20);
      await step(() => Promise.resolve(done.push("two")));
    },
    5,
  );
  expect(done).toEqual(["one", "two"]);
  expect(looks).toBeGreaterThan(2);
});

test("a look that fails lets the step under way finish, and no other begin", async () => {
  const done: string[] = [];
  const started = Date.now();
  const look = (): Promise<void> =>
    Date.now() - started > 20 ? Promise.reject(new Error("ended")) : Promise.resolve();
  const work = whileGood(
    look,
    async (step) => {
      await step(async () => {
        await sleep(60);
        done.push("one");
      });
      await step(() => Promise.resolve(done.push("two")));
    },
    5,
  );
  await expect(work).rejects.toThrow("ended");
  expect(done).toEqual(["one"]);
  await sleep(30);
  expect(done).toEqual(["one"]);
});

test("a look that fails when all is done is a failure, and so is work that fails", async () => {
  let isDone = false;
  const look = (): Promise<void> => (isDone ? Promise.reject(new Error("late")) : Promise.resolve());
  const work = whileGood(look, () => Promise.resolve(void (isDone = true)), 5);
  await expect(work).rejects.toThrow("late");
  const refused = whileGood(
    () => Promise.resolve(),
    () => Promise.reject(new Error("refused")),
    5,
  );
  await expect(refused).rejects.toThrow("refused");
});
