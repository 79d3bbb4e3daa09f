/** Chance that of a number of tries, each of which fails with some chance, so many or more fail. */
export function findTail(tries: number, failures: number, chance: number): number {
  if (failures <= tries * chance) return 1;
  if (chance <= 0) return 0;
  const odds = chance / (1 - chance);
  let term = Math.exp(
    logFactorial(tries) -
      logFactorial(failures) -
      logFactorial(tries - failures) +
      failures * Math.log(chance) +
      (tries - failures) * Math.log1p(-chance),
  );
  let sum = 0;
  // Above the mean each term is smaller than the one before.
  for (let count = failures; count <= tries && term > sum * 1e-9; count += 1) {
    sum += term;
    term *= ((tries - count) / (count + 1)) * odds;
  }
  return Math.min(1, sum);
}

/** Stirling's series, exact enough from 10 on; below, the product itself. */
function logFactorial(number: number): number {
  if (number < 10) return number < 2 ? 0 : Math.log(number) + logFactorial(number - 1);
  const next = number + 1;
  return (
    (next - 0.5) * Math.log(next) -
    next +
    0.5 * Math.log(2 * Math.PI) +
    1 / (12 * next) -
    1 / (360 * next ** 3)
  );
}
