import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fixtureImage, tarOf, writeLayout } from "../engines/oci/image.fixture.ts";
import { noImageUsers } from "../fix/kubernetes/image-users.ts";
import { imageUser, readImageUsers } from "./image-users.ts";

const folder = mkdtempSync(join(tmpdir(), "bulkhead-image-users-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const layer = { tar: tarOf([{ name: "a", content: "a" }]) };
const image = (User: string) => fixtureImage([layer], { config: { config: { User, ExposedPorts: { "80/tcp": {} } } } });

test("images of the tree are known by their whole name and by their digest", async () => {
  const web = image("10001:10001");
  const layout = join(folder, "layout");
  mkdirSync(layout);
  writeLayout(layout, {
    "registry.test/shop/web:1.0": web,
    "docker.io/library/redis:7": image("redis"),
    latest: image("0"),
  });
  const users = await readImageUsers([layout, join(folder, "nothing")], {});
  const known = { known: "number", user: "10001", ports: ["80/tcp"] };
  assert.deepEqual(users("registry.test/shop/web:1.0"), known);
  assert.deepEqual(users(`registry.test/shop/other@${web.manifest}`), known);
  assert.deepEqual(users("redis:7"), { known: "named", user: "redis", ports: ["80/tcp"] });
  for (const other of ["registry.test/shop/web", "registry.test/shop/web:2", "shop/web:1.0", "latest", "redis", ""]) {
    assert.deepEqual(users(other), noImageUsers(other), other);
  }
});

test("of two images with one name none is meant", async () => {
  const layouts = ["1", "0"].map((user) => {
    const layout = join(folder, `of-${user}`);
    mkdirSync(layout);
    writeLayout(layout, { "registry.test/shop/api:1": image(user) });
    return layout;
  });
  const users = await readImageUsers(layouts, {});
  assert.deepEqual(users("registry.test/shop/api:1"), { known: "no" });
  assert.equal(users(`registry.test/shop/api@${image("1").manifest}`).known, "number");
});

test("a user is root, a name or a number", () => {
  const of = (user: string) => imageUser({ config: { user, exposedPorts: [] } } as never).known;
  assert.deepEqual(["", "root", "0", "+0", "00:5", "root:root"].map(of), Array(6).fill("root"));
  assert.deepEqual(["1", "65532:0"].map(of), ["number", "number"]);
  assert.deepEqual(["node", "1x"].map(of), ["named", "named"]);
});
