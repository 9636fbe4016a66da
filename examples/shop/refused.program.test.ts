import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { bulkhead } from "../../test/bulkhead.ts";

/** What the hardened shop's policy refuses at admission, and what it says of the shop itself. */

const shop = import.meta.dirname;
const home = mkdtempSync(join(tmpdir(), "bulkhead-shop-refused-"));
after(() => rmSync(home, { recursive: true }));

interface Shown {
  readonly object: string;
  readonly answer: string;
  readonly reasons: readonly { readonly check: string; readonly verdict: string; readonly policy?: string }[];
}

async function answers(place: string): Promise<{ readonly code: number | null; readonly requests: readonly Shown[] }> {
  const words = ["admission", "test", place, "--policy", "hardened/bulkhead.yaml", "--offline", "--quiet"];
  const { code, stdout } = await bulkhead([...words, "--format", "json"], { cwd: shop, home });
  return { code, requests: JSON.parse(stdout).requests };
}

test("each example is refused for what it shows, by a line of the policy", async () => {
  const { code, requests } = await answers("refused");
  assert.equal(code, 1);
  const shown = [
    ["Pod shop/api", "workload/dangerous-capabilities"],
    ["CronJob shop/clean", "workload/host-path-volumes"],
    ["Deployment shop/cart", "workload/image-latest-tag"],
    ["Pod shop/debug", "workload/privileged"],
  ] as const;
  assert.deepEqual(
    requests.map(({ object, answer }) => [object, answer]),
    shown.map(([object]) => [object, "refused"]),
  );
  for (const [object, check] of shown) {
    const reasons = requests.find((one) => one.object === object)?.reasons ?? [];
    const failed = reasons.filter(({ verdict }) => verdict === "fail");
    assert.ok(
      failed.some((one) => one.check === check && one.policy?.startsWith("hardened/bulkhead.yaml:") === true),
      `${object}: ${failed.map((one) => one.check).join(", ")}`,
    );
  }
});

test("the hardened shop fails nothing: what is left are its images, which nobody was asked about", async () => {
  const { code, requests } = await answers("hardened/kubernetes");
  assert.equal(code, 3);
  const judged = requests.filter(({ answer }) => answer !== "exempt");
  assert.equal(judged.length, 3);
  for (const { reasons } of judged) {
    assert.ok(reasons.length > 0 && reasons.every(({ verdict }) => verdict === "unknown"));
  }
});
