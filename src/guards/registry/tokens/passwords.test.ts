import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { bounds } from "./bounds.ts";
import { createPasswordChecker, hashPassword, parsePasswordHash } from "./passwords.ts";

const now = new Date("2026-11-28T10:00:00Z");
const right = ["correct", "horse", "battery"].join("-");

test("a password is right for its own hash alone, however its characters are composed", async () => {
  const hash = parsePasswordHash(await hashPassword(`${right} \u00e9`));
  const { check } = createPasswordChecker();
  assert.equal(await check("a", `${right} \u00e9`, hash, now), true);
  assert.equal(await check("a", `${right} e\u0301`, hash, now), true);
  assert.equal(await check("a", right, hash, now), false);
  assert.equal(await check("a", `${right} \u00e9`, undefined, now), false);
  assert.equal(await check("a", `${right} \u00e9`, parsePasswordHash(await hashPassword(right)), now), false);
});

test("a flood of log-ins from one network leaves room for others, and none waits without end", async () => {
  const hash = parsePasswordHash(await hashPassword(right));
  const { check } = createPasswordChecker();
  assert.equal(await check("known", right, hash, now, "home"), true);
  // The cheapest that is looked at: what is made today costs twice as much.
  const [salt, none] = [16, 32].map((bytes) => randomBytes(bytes).toString("base64").replaceAll("=", ""));
  const cheap = parsePasswordHash(`$scrypt$ln=14,r=8,p=1$${salt}$${none}`);
  assert.ok(cheap !== undefined);
  const flood = Array.from({ length: 40 }, (_, index) => check(`a${index}`, "wrong password", cheap, now, "flood"));
  const other = check("b", right, hash, now, "elsewhere");
  // Whoever was right a moment ago waits for nobody.
  assert.equal(await check("known", right, hash, now, "home"), true);
  const answers = await Promise.all(flood);
  assert.equal(answers.filter((answer) => answer === "busy").length, 40 - bounds.hashesOfNetwork);
  assert.ok(answers.every((answer) => answer !== true));
  assert.equal(await other, true);
});
