import assert from "node:assert/strict";
import { test } from "node:test";
import { createAttempts } from "./attempts.ts";
import { attemptBounds as bounds } from "./bounds.ts";

const now = new Date("2026-11-28T10:00:00Z");
const after = (seconds: number) => new Date(now.getTime() + seconds * 1_000);

test("a name that is guessed at from many addresses is not looked at, but from where it was right", () => {
  const attempts = createAttempts();
  attempts.right("alice", "198.51.100.7");
  for (let from = 0; from < bounds.ofName; from += 1) attempts.wrong("alice", `203.0.113.${from}`, now);
  assert.equal(attempts.wait("alice", "192.0.2.1", after(10)), bounds.seconds - 10);
  assert.equal(attempts.wait("alice", "198.51.100.7", now), 0);
  assert.equal(attempts.wait("bob", "192.0.2.1", now), 0);
  assert.equal(attempts.wait("alice", "192.0.2.1", after(bounds.seconds)), 0);
});

test("who was right before is counted, too, only longer", () => {
  const attempts = createAttempts();
  attempts.right("alice", "198.51.100.7");
  for (let time = 0; time < bounds.ofKnown - 1; time += 1) attempts.wrong("alice", "198.51.100.7", now);
  assert.equal(attempts.wait("alice", "198.51.100.7", now), 0);
  attempts.wrong("alice", "198.51.100.7", now);
  assert.equal(attempts.wait("alice", "198.51.100.7", now), bounds.seconds);
});

test("all addresses of an IPv6 /64 are one, and an IPv4 address is one however it is written", () => {
  const attempts = createAttempts();
  for (let host = 0; host < bounds.ofAddress; host += 1) {
    attempts.wrong("x", `2001:db8:0:1::${host.toString(16)}`, now);
    attempts.wrong("y", "::ffff:203.0.113.9", now);
  }
  assert.notEqual(attempts.wait("alice", "2001:db8:0:1:ffff::1", now), 0);
  assert.equal(attempts.wait("alice", "2001:db8:0:2::1", now), 0);
  assert.notEqual(attempts.wait("alice", "203.0.113.9", now), 0);
});

test("what is counted is bounded, however many names and addresses are made up", () => {
  const attempts = createAttempts();
  for (let time = 0; time < bounds.ofAddress; time += 1) attempts.wrong("x", "203.0.113.9", now);
  assert.notEqual(attempts.wait("alice", "203.0.113.9", now), 0);
  const addressOf = (made: number) => `10.${made >> 16}.${(made >> 8) & 255}.${made & 255}`;
  for (let made = 0; made < bounds.counted; made += 1) attempts.wrong(String(made), addressOf(made), now);
  // The oldest went first.
  assert.equal(attempts.wait("alice", "203.0.113.9", now), 0);
  // Of a name that is longer than any account's only the beginning is kept.
  for (let time = 0; time < bounds.ofName; time += 1) attempts.wrong(`${"y".repeat(128)}${time}`, addressOf(time), now);
  assert.notEqual(attempts.wait("y".repeat(200), "192.0.2.1", now), 0);
});
