/**
 * Attacks in real containers while the sensor watches, each beside what is alike and harmless: our rules tell the attacks, with
 * their container and the processes that led there, and nothing of the others. `ONLY=name` runs some of them.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { attacks as everyAttack } from "./attacks/all.ts";
import type { Attack } from "./attacks/attack.ts";
import { type Containers, cannotRunContainers, openContainers } from "./containers.ts";
import { type AlertLine, watched } from "./detector.ts";
import { cannotSense } from "./sensor.ts";

const missing = cannotRunContainers() ?? cannotSense();
const only = process.env.ONLY;
const attacks = everyAttack.filter(({ name }) => only === undefined || new RegExp(only).test(name));

const PREFIX = "bulkhead-attack";

type Side = "script" | "twin";
interface Outcome {
  readonly code: number | null;
  readonly said: string;
  readonly id: string;
}

describe("attacks in containers of podman and runc", { skip: missing ?? false }, () => {
  let containers: Containers;
  let alerts: readonly AlertLine[] = [];
  const outcomes = new Map<string, Outcome>();

  before(async () => {
    containers = await openContainers(PREFIX);
    ({ alerts } = await watched(async () => {
      for (const attack of attacks) {
        for (const side of ["script", "twin"] as const) outcomes.set(`${attack.name} ${side}`, await run(attack, side));
      }
    }));
  });
  after(() => containers?.close());

  async function run(attack: Attack, side: Side): Promise<Outcome> {
    const name = `${attack.name}-${side}`;
    if (attack.session === undefined) return await containers.run(name, attack[side], attack.options);
    const started = await containers.start(name, attack[side], attack.options);
    try {
      return { ...(await containers.exec(attack.session[side], name, ["bash", "-c", "true"])), id: started.id };
    } finally {
      await containers.remove(name);
    }
  }

  function outcomeOf({ name }: Attack, side: Side): Outcome {
    return outcomes.get(`${name} ${side}`) ?? { code: null, said: "it did not run", id: "none" };
  }
  function alertsOf(id: string): AlertLine[] {
    return alerts.filter(({ bulkhead }) => bulkhead.container?.id.startsWith(id) === true);
  }

  for (const attack of attacks) {
    it(`${attack.name}: ${attack.rules[0]}`, () => {
      const { code, said, id } = outcomeOf(attack, "script");
      assert.equal(code, 0, `the attack did not go as it does: ${said}`);
      const told = alertsOf(id);
      const names = new Set(told.map(({ rule }) => rule));
      assert.ok(
        attack.rules.some((rule) => names.has(rule)),
        `${id} told: ${[...names].join(", ") || "nothing"}`,
      );
      const expected = new Set([...attack.rules, ...(attack.also ?? [])]);
      assert.deepEqual(
        [...names].filter((name) => !expected.has(name)),
        [],
        "rules about something else tell it",
      );
      for (const { rule, bulkhead } of told.filter((alert) => attack.rules.includes(alert.rule))) {
        assert.equal(bulkhead.container?.name, `${PREFIX}-${attack.name}-script`);
        assert.equal(bulkhead.container?.image, containers.image);
        assert.ok(bulkhead.process !== undefined, `${rule} tells no process`);
        const tree = [bulkhead.process.name, ...bulkhead.process.ancestors];
        const root = attack.session === undefined ? "timeout" : "conmon";
        assert.ok(tree.includes(root), `${rule} tells ${tree.join(" ← ")}`);
      }
    });

    it(`${attack.name}: its harmless twin`, () => {
      const { code, said, id } = outcomeOf(attack, "twin");
      assert.equal(code, 0, `the twin did not go as it does: ${said}`);
      const told = alertsOf(id).map(({ rule, output }) => `${rule}: ${output}`);
      assert.deepEqual(told, []);
    });
  }

  it("what seccomp refused and what io_uring opened is among them", () => {
    const names = (outcome: Attack["outcome"]) => everyAttack.filter((attack) => attack.outcome === outcome).length;
    assert.ok(everyAttack.length >= 25 && names("seccomp") >= 3);
    assert.ok(everyAttack.some(({ name }) => name === "hashes-by-ring"));
  });
});
