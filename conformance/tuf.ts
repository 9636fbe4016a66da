/**
 * Suite `tuf`: a checkout of Sigstore's TUF repository (sigstore/root-signing: `metadata/`, `targets/`), served on loopback and
 * updated from at the time at which it was current. Beginning with the carried keys, and with each older root of the same keys.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { carriedRoot } from "../src/engines/trust/roots/carried/carried.ts";
import { clientFor } from "../src/engines/trust/roots/client.ts";
import { anchorOf, TRUSTED_ROOT, updateRoot } from "../src/engines/trust/roots/instances.ts";
import { anchorIn } from "../src/engines/trust/roots/tuf/rules.ts";
import type { Suite } from "./suite.ts";

/** Before it keys and times were written in forms that no client needs any more. */
const FIRST_ROOT = 5;

export const tuf: Suite = {
  about: "Sigstore's own TUF repository (a checkout of sigstore/root-signing): updated from, root by root",
  needs: ["metadata/root.json", `targets/${TRUSTED_ROOT}`],
  async *cases({ data, temporary }) {
    const files = served(data);
    const versions = rootsOf(data);
    const newest = Math.max(...versions.keys());
    const now = new Date(Date.parse(signedOf(join(data, "metadata/timestamp.json")).expires) - 86_400_000);
    const target = JSON.parse(readFileSync(join(data, "targets", TRUSTED_ROOT), "utf8"));
    const server = createServer((request, response) => {
      const bytes = files.get(request.url ?? "");
      response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const client = clientFor(undefined);
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const request = (name: string, at = now) => ({ folder: join(temporary, name), now: at, client });
    try {
      yield {
        name: "from the carried keys",
        async run() {
          const { root, rootVersion } = await updateRoot(
            "carried",
            { url, anchor: anchorOf("public-good") },
            request("carried"),
          );
          assert.deepEqual(root.document, target);
          assert.equal(rootVersion, newest);
        },
      };
      yield {
        name: "the carried trusted root is the repository's",
        run: () => assert.deepEqual(carriedRoot("public-good").document, target),
      };
      for (const [version, bytes] of versions) {
        if (version < FIRST_ROOT) continue;
        yield {
          name: `from version ${version} of the root`,
          async run() {
            const repository = { url, anchor: anchorIn(bytes, `${version}.root.json`), root: bytes };
            const { root, rootVersion } = await updateRoot("own", repository, request(`from-${version}`));
            assert.deepEqual(root.document, target);
            assert.equal(rootVersion, newest);
          },
        };
      }
      yield {
        name: "not after it has expired",
        async run() {
          const late = request("late", new Date(now.getTime() + 2 * 86_400_000));
          const update = updateRoot("late", { url, anchor: anchorOf("public-good") }, late);
          await assert.rejects(update, { code: "tuf.expired" });
        },
      };
    } finally {
      client.close();
      server.close();
    }
  },
};

function rootsOf(data: string): Map<number, Buffer> {
  const folder = join(data, "metadata/root_history");
  const names = existsSync(folder)
    ? readdirSync(folder).map((name) => join(folder, name))
    : [join(data, "metadata/root.json")];
  const versions = names.map((name): [number, Buffer] => [signedOf(name).version, readFileSync(name)]);
  return new Map(versions.sort(([a], [b]) => a - b));
}

/** As a repository with consistent snapshots has them. */
function served(data: string): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const [version, bytes] of rootsOf(data)) files.set(`/${version}.root.json`, bytes);
  for (const name of readdirSync(join(data, "metadata"))) {
    const path = join(data, "metadata", name);
    if (!name.endsWith(".json") || name === "root.json") continue;
    files.set(name === "timestamp.json" ? `/${name}` : `/${signedOf(path).version}.${name}`, readFileSync(path));
  }
  const target = readFileSync(join(data, "targets", TRUSTED_ROOT));
  files.set(`/targets/${createHash("sha256").update(target).digest("hex")}.${TRUSTED_ROOT}`, target);
  return files;
}

function signedOf(path: string): { readonly version: number; readonly expires: string } {
  return JSON.parse(readFileSync(path, "utf8")).signed;
}
