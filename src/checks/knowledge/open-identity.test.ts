import assert from "node:assert/strict";
import { test } from "node:test";
import { openPart } from "./open-identity.ts";

test("what a pattern leaves open that decides who signs", () => {
  const cases: readonly [string, ReturnType<typeof openPart>][] = [
    ["https://github.com/shop/api/.github/workflows/release.yml@refs/tags/*", undefined],
    ["ada@example.com", undefined],
    ["https://github.com/shop/api/.github/workflows/release.yml@refs/heads/main", undefined],
    ["https://github.com/shop/api/.github/workflows/release.yml@refs/tags/v*", undefined],
    ["https://github.com/shop/api/.github/workflows/release.yml@*", "ref"],
    ["https://github.com/shop/api/.github/workflows/release.yml@**", "ref"],
    ["https://github.com/shop/api/.github/workflows/release.yml@refs/**", "ref"],
    ["https://github.com/shop/api/.github/workflows/release.yml@refs/heads/*", "ref"],
    ["https://github.com/shop/api/.github/workflows/release.yml@refs/heads/release/*", undefined],
    ["https://github.com/shop/api/.github/workflows/*@refs/tags/*", "workflow"],
    ["https://github.com/shop/api/**", "workflow"],
    ["https://github.com/shop/*/.github/workflows/release.yml@refs/tags/*", "repository"],
    ["https://github.com/shop/**", "repository"],
    ["https://github.com/**", "owner"],
    ["https://*/shop/api/x.yml@refs/tags/v1", "issuer's host"],
    ["**", "user"],
    ["*@example.com", "user"],
  ];
  for (const [pattern, expected] of cases) assert.equal(openPart(pattern), expected, pattern);
});
