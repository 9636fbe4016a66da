import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Problem } from "../../../core/problem.ts";
import { type Clock, parseRetryAfter } from "../../../net/retry.ts";
import { registryLimits } from "./limits.ts";
import { PassingProblem, retry } from "./retry.ts";

const now = Date.parse("2025-01-01T00:00:00Z");

describe("parseRetryAfter", () => {
  const cases: [string | undefined, number | undefined][] = [
    [undefined, undefined],
    ["0", 0],
    [" 120 ", 120_000],
    ["Wed, 01 Jan 2025 00:00:30 GMT", 30_000],
    ["Wednesday, 01-Jan-25 00:00:30 GMT", 30_000],
    ["Tue, 31 Dec 2024 00:00:00 GMT", 0],
    ["-5", undefined],
    ["1e3", undefined],
    ["soon", undefined],
    ["2025-01-01", undefined],
    ["99999999999999999999", undefined],
  ];
  for (const [text, milliseconds] of cases) {
    it(`reads ${JSON.stringify(text)}`, () => assert.equal(parseRetryAfter(text, now), milliseconds));
  }
});

describe("retry", () => {
  const passing = (wait?: number) =>
    new PassingProblem(
      { kind: "unavailable", code: "registry.unavailable", place: "here", cause: "it answered 500" },
      wait,
    );

  function recording(): { readonly clock: Clock; readonly slept: number[] } {
    const slept: number[] = [];
    const clock: Clock = {
      now: () => now,
      random: () => 0,
      async sleep(milliseconds) {
        slept.push(milliseconds);
      },
    };
    return { clock, slept };
  }

  it("waits twice as long each time, then gives up and says how often it tried", async () => {
    const { clock, slept } = recording();
    const limits = registryLimits({ tries: 4, backoffMilliseconds: 100 });
    await assert.rejects(
      retry(() => Promise.reject(passing()), limits, clock, undefined),
      (error) =>
        error instanceof Problem &&
        !(error instanceof PassingProblem) &&
        error.message === "it answered 500, on the last of 4 tries",
    );
    assert.deepEqual(slept, [50, 100, 200]);
  });

  it("does not wait for longer than the bound, and says what was asked for", async () => {
    const { clock, slept } = recording();
    const limits = registryLimits({ retryAfterSeconds: 30 });
    const told = "it answered 500; it asks for 3600 s until the next try, and at most 30 s are waited";
    await assert.rejects(
      retry(() => Promise.reject(passing(3_600_000)), limits, clock, undefined),
      (error) => error instanceof Problem && !(error instanceof PassingProblem) && error.message === told,
    );
    assert.deepEqual(slept, []);
  });

  it("waits what the server asks for, up to the bound", async () => {
    const { clock, slept } = recording();
    const waits = [3_000, 30_000];
    const limits = registryLimits({ retryAfterSeconds: 30 });
    const once = async () => {
      const wait = waits.shift();
      if (wait !== undefined) throw passing(wait);
      return "done";
    };
    assert.equal(await retry(once, limits, clock, undefined), "done");
    assert.deepEqual(slept, [3_000, 30_000]);
  });

  it("does not try again what will not pass", async () => {
    const { clock, slept } = recording();
    await assert.rejects(
      retry(() => Promise.reject(new Error("a bug")), registryLimits(), clock, undefined),
      /a bug/,
    );
    assert.deepEqual(slept, []);
  });

  it("stops with the signal's reason", async () => {
    const { clock } = recording();
    const controller = new AbortController();
    const reason = new Error("enough");
    const once = () => {
      controller.abort(reason);
      return Promise.reject(passing());
    };
    await assert.rejects(retry(once, registryLimits(), clock, controller.signal), reason);
  });
});
