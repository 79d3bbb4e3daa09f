/** A balancer's container, as far as it says whose ports it has. */
interface Fronting {
  service?: string;
  balancer?: string;
  sharesFront: boolean;
}

/** The containers among these whose Nginx answers: a front is one only while none of those that share it is there. */
export function leaveOutFronts<Container>(
  running: Container[],
  read: (container: Container) => Fronting,
): Container[] {
  const known = running.map(read);
  return running.filter((_, index) => {
    const own = known[index];
    return !known.some(
      (each) =>
        each.sharesFront &&
        own?.sharesFront === false &&
        each.service === own.service &&
        each.balancer === own.balancer,
    );
  });
}
