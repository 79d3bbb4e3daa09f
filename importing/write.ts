import { Document, isCollection, isMap, isPair, isScalar, visit } from "yaml";
import type { StackSettings } from "./settings";

/** The longest object or list that stands on one line. */
const lineLength = 92;

/** Settings of a pool in the order in which people read them. */
const poolOrder =
  "image build command user port replicas env secrets stores files secretFiles mounts healthCheck metrics limits reservations reachableFrom startAfter".split(
    " ",
  );

function sort(pool: object): object {
  const place = (name: string): number =>
    poolOrder.includes(name) ? poolOrder.indexOf(name) : poolOrder.length;
  return Object.fromEntries(Object.entries(pool).sort(([one], [other]) => place(one) - place(other)));
}

/** The settings as the text of a stack's file. */
export function renderStack({ pools, datastores, routes, balancer, monitoring }: StackSettings): string {
  const some = (part: object): object | undefined => (Object.keys(part).length === 0 ? undefined : part);
  const config = {
    "flotilla:pools": Object.fromEntries(Object.entries(pools).map(([name, pool]) => [name, sort(pool)])),
    "flotilla:datastores": some(datastores),
    "flotilla:routes": some(routes),
    "flotilla:balancer": some(balancer),
    "flotilla:monitoring": monitoring,
  };
  // What is undefined is nothing in a file.
  const plain: unknown = JSON.parse(JSON.stringify({ config }));
  const document = new Document(plain);
  visit(document, {
    Collection: (_, node, path) => {
      const depth = path.filter((each) => isCollection(each)).length;
      const isOfPools = path.some(
        (each) => isPair(each) && isScalar(each.key) && each.key.value === "flotilla:pools",
      );
      // Settings, and what has a name, have lines of their own.
      const isShort = JSON.stringify(node.toJSON()).length <= lineLength;
      node.flow = depth >= (isOfPools ? 4 : 3) && isShort;
      if (isMap(node) && node.items.length === 0) node.flow = true;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}
