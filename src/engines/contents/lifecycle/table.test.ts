import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { codePoint } from "../../../core/code-point.fixture.ts";
import { distributions } from "./distributions.ts";
import { runtimes } from "./runtimes.ts";
import { servers } from "./servers.ts";
import { supportOf } from "./support.ts";
import { LIFECYCLE_AS_OF, type Product } from "./table.ts";

const products: readonly Product[] = [
  ...Object.values(distributions),
  ...Object.values(runtimes),
  ...Object.values(servers),
];

const asOf = new Date(LIFECYCLE_AS_OF);

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toISOString().startsWith(text);
}

test("every row is a release, dates that exist, and a later end of what is extended", () => {
  for (const { name, source, rolling, extended, releases } of products) {
    assert.ok(URL.canParse(source), name);
    assert.equal(releases.length === 0, rolling === true, name);
    for (const [release, end, extendedEnd] of releases) {
      const place = `${name} ${release}`;
      assert.match(release, /^\d+(?:\.\d+){0,2}$/, place);
      assert.ok(isDay(end.replace(/^>/, "")), place);
      if (end.startsWith(">")) assert.ok(end.slice(1) > LIFECYCLE_AS_OF, place);
      if (extendedEnd === undefined) continue;
      assert.ok(extended !== undefined && isDay(extendedEnd) && extendedEnd > end, place);
    }
  }
});

test("releases stand once each, the newest first", () => {
  for (const { name, releases } of products) {
    // These two counted anew: by years and on from 2, and from 42 on from 15.
    if (name === "Amazon Linux" || name === "openSUSE Leap") continue;
    const numbers = releases.map(([release]) => release.split(".").map(Number));
    for (const [index, own] of numbers.entries()) {
      const next = numbers[index + 1];
      if (next !== undefined) assert.ok(compareNumbers(own, next) > 0, `${name} ${own.join(".")}`);
    }
  }
});

function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? -1) - (b[index] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

test("a product that has not ended has a release that is supported as of the table", () => {
  const over = new Set(["CentOS Linux", "CBL-Mariner"]);
  for (const product of products) {
    if (product.rolling === true || over.has(product.name)) continue;
    const current = product.releases.some(([, end]) => end.replace(/^>/, "") >= LIFECYCLE_AS_OF);
    assert.ok(current, product.name);
  }
});

test("every version of a release is that release's, whatever follows it", () => {
  const rows = products.flatMap((product) => product.releases.map(([release]) => ({ product, release })));
  const rest = fc.constantFrom("", ".0", ".99.1", "rc1", "-1~bookworm", "w", "_alpha2", "+7");
  fc.assert(
    fc.property(fc.constantFrom(...rows), rest, ({ product, release }, after) => {
      const version = `${release}${after}`;
      // `10` and `.99` are 10.99, which may be a release of its own.
      const support = supportOf(product, version, asOf);
      assert.equal(support.state, "dated");
      if (support.state !== "dated") return;
      const { lifecycle } = support;
      assert.ok(lifecycle.release === release || lifecycle.release.startsWith(`${release}.`));
      assert.ok(version.startsWith(lifecycle.release));
    }),
  );
});

test("a newer release than the table has is unknown, never supported", () => {
  for (const product of products) {
    if (product.rolling === true) continue;
    const support = supportOf(product, "999.999.1", asOf);
    assert.equal(support.state, "unknown", product.name);
  }
});

test("any text at all has an answer, and only dates of the table", () => {
  fc.assert(
    fc.property(fc.constantFrom(...products), fc.string({ unit: codePoint }), (product, version) => {
      const support = supportOf(product, version, asOf);
      if (support.state === "unknown") assert.ok(support.reason.length < 400);
    }),
  );
});
