import { beforeAll, describe, expect, test } from "vitest";
import { docker } from "../support/engine";
import { setEnv } from "../support/settings";
import { useWorkspace } from "../support/use-workspace";
import { buildTiny, publishTiny, tinyPool, useTestImages } from "./tiny-image";
import { useRegistry } from "./use-registry";
import { expectAnswer, upToAnswer, upWithoutChange, watched } from "./watched";

useTestImages();

describe("a tag in a registry", () => {
  const registry = useRegistry();
  const workspace = useWorkspace({ name: "tags", pools: {} });
  const image = () => `${registry().address}/team/tiny:1`;
  let digestOfTwo: string;

  beforeAll(async () => {
    await publishTiny(image(), "one");
    setImage(image());
    await workspace().deploy();
  });

  test("is no new version while it stands for the same content", async () => {
    await expectAnswer(workspace(), "one");
    await upWithoutChange(workspace(), "second `up`, tag unmoved (0 changes)");
  });

  test("is a new version when it moved", async () => {
    await publishTiny(image(), "two");
    digestOfTwo = registry().digestOf("team/tiny", "1");
    await upToAnswer(workspace(), "tag moved in its registry", "two");
    await upWithoutChange(workspace(), "tag unmoved again (0 changes)");
  });

  test("is no new version when tags are not followed", async () => {
    setRegistry({ followTags: false });
    await publishTiny(image(), "three");
    await upWithoutChange(workspace(), "tag moved, followTags: false (0 changes)");
    await expectAnswer(workspace(), "two");
  });

  test("is a new version when tags are followed again", async () => {
    setRegistry(undefined);
    await upToAnswer(workspace(), "tags followed again", "three");
  });

  test.each(["team/tiny", "team/tiny:1"])("is not looked at where %s has a digest", async (name) => {
    const pinned = `${registry().address}/${name}@${digestOfTwo}`;
    setImage(pinned);
    await upToAnswer(workspace(), `digest-pinned ${name}`, "two");
    await publishTiny(image(), `moved under ${name}`);
    await upWithoutChange(workspace(), `tag moved under digest-pinned ${name} (0 changes)`);
    setImage(image());
    await upToAnswer(workspace(), `back from ${name} to the tag`, `moved under ${name}`);
  });

  test("is what the engine has when the registry is gone", async () => {
    await registry().stop();
    await upWithoutChange(workspace(), "registry stopped (0 changes)");
    workspace().configure((settings) => {
      setEnv(settings, "api", { ANYTHING: "new" });
    });
    const check = ({ changes }: { changes: { replace: number } }) => {
      expect(changes.replace).toBeGreaterThan(0);
    };
    await watched({ operation: "new environment, registry stopped", workspace: workspace(), check });
  });

  function setImage(reference: string): void {
    workspace().configure((settings) => {
      settings.pools = { api: tinyPool(reference) };
    });
  }

  function setRegistry(value: object | undefined): void {
    workspace().configure((settings) => {
      settings.registry = value;
    });
  }
});

describe("a tag that only the engine has", () => {
  const image = `flotilla-test/local-${process.pid}:1`;
  const other = `flotilla-test/other-${process.pid}:1`;
  const workspace = useWorkspace({ name: "local-tag", pools: { api: tinyPool(image) } });

  beforeAll(async () => {
    await buildTiny(image, "one");
    await buildTiny(other, "two");
    await workspace().deploy();
  });

  test("is no new version while it stands for the same content", async () => {
    await upWithoutChange(workspace(), "local tag unmoved (0 changes)");
  });

  test("is a new version when it moved", async () => {
    await docker("tag", other, image);
    await upToAnswer(workspace(), "local tag moved", "two");
  });

  test.each(["", "sha256:"])("may be an image's id after '%s'", async (prefix) => {
    const id = (await docker("image", "inspect", "--format={{.Id}}", image)).replace("sha256:", prefix);
    workspace().configure((settings) => {
      settings.pools = { api: tinyPool(id) };
    });
    await upToAnswer(workspace(), `image by its id, ${prefix}…`, "two");
    await upWithoutChange(workspace(), `second \`up\` of an image by its id, ${prefix}… (0 changes)`);
  });
});
