import assert from "node:assert/strict";
import { test } from "node:test";
import type { ProvenAlert } from "../../engines/detectors/model.ts";
import { NONCE } from "../../engines/detectors/proof.fixture.ts";
import { falcoAlert, tetragonKprobe, tetragonProcess } from "../../engines/events/alerts/alerts.fixture.ts";
import { type AlertSearch, searchAlert } from "./find-alert.ts";

const now = new Date("2026-03-01T13:00:00Z");
const program = `/tmp/bulkhead-proof-${NONCE}`;

async function found(look: (search: AlertSearch) => void): Promise<ProvenAlert | undefined> {
  const search = searchAlert(NONCE, () => now);
  look(search);
  return await Promise.race([search.found, Promise.resolve(undefined)]);
}

const byLine = (value: unknown) =>
  found((search) => search.line(typeof value === "string" ? value : JSON.stringify(value), "falco.json"));

test("Falco's alert that names the event, in its text or in a field", async () => {
  const inText = await byLine(falcoAlert({ output: `12:00:00.250000000: Notice Executed (exe=${program})` }));
  assert.deepEqual(inText, {
    detector: "falco",
    rule: "Terminal shell in container",
    text: `Executed (exe=${program})`,
    time: "2026-03-01T12:00:00.250Z",
  });
  const inField = await byLine(
    falcoAlert({ output_fields: { "proc.exepath": program, "proc.name": "bulkhead-proof-" } }),
  );
  assert.match(inField?.text ?? "", new RegExp(`\\| output_fields[.]proc[.]exepath=${program}$`));
  assert.equal(await byLine(falcoAlert()), undefined);
});

test("our own lines say whose they are", async () => {
  const line = { ...falcoAlert({ output: program }), bulkhead: { version: 1, detector: "bulkhead" } };
  assert.equal((await byLine(line))?.detector, "bulkhead");
  // As `runtime watch` writes it: the process stands beside the rule's own fields.
  const process = { pid: 7, name: "bulkhead-proof-", commandLine: `${program} /etc/shadow`, ancestors: ["node"] };
  const watched = { ...falcoAlert(), bulkhead: { version: 1, detector: "bulkhead", process } };
  const { output } = falcoAlert();
  assert.equal(
    (await byLine(watched))?.text,
    `${String(output).slice(27)} | bulkhead.process.commandLine=${program} /etc/shadow`,
  );
});

test("Tetragon's policies alert; that it saw the program is no alert", async () => {
  const process = tetragonProcess({ binary: program });
  assert.equal((await byLine(tetragonKprobe({ process })))?.rule, "metadata-service");
  const search = searchAlert(NONCE);
  const seen = { process_exec: { process }, node_name: "node-1", time: "2026-03-01T12:00:00Z" };
  search.line(JSON.stringify(seen), "tetragon.log");
  assert.equal(await Promise.race([search.found, Promise.resolve(undefined)]), undefined);
  assert.deepEqual(search.seen(), ["tetragon process_exec"]);
});

test("Falco's text output, and nothing that merely holds the name", async () => {
  const text = `13:00:00.123456789: Warning Sensitive file opened (file=/etc/shadow exe=${program})`;
  assert.equal((await byLine(text))?.text, `Sensitive file opened (file=/etc/shadow exe=${program})`);
  for (const other of [program, `starting ${program}`, JSON.stringify({ message: program }), `{"rule": "${program}`]) {
    assert.equal(await byLine(other), undefined, other);
  }
});

test("a webhook is sent one, a list, or one a line", async () => {
  const alert = falcoAlert({ output: program });
  for (const body of [alert, [falcoAlert(), alert]].map((each) => JSON.stringify(each))) {
    assert.ok((await found((search) => search.body(Buffer.from(body), "webhook"))) !== undefined, body);
  }
  const lines = [falcoAlert(), alert].map((each) => JSON.stringify(each)).join("\n");
  assert.ok((await found((search) => search.body(Buffer.from(lines), "webhook"))) !== undefined);
  for (const body of ["", "[]", "7", "\u0000", `[${"[".repeat(5_000)}`]) {
    assert.equal(await found((search) => search.body(Buffer.from(body), "webhook")), undefined);
  }
});

test("what detectors say that they lost meanwhile is counted", () => {
  const search = searchAlert(NONCE);
  const drops = falcoAlert({ rule: "Falco internal: syscall event drop", output_fields: { n_drops: "12" } });
  search.line(JSON.stringify(drops), "falco.json");
  const limited = { rate_limit_info: { number_of_dropped_process_events: "9" }, time: "2026-03-01T12:00:00Z" };
  search.line(JSON.stringify(limited), "tetragon.log");
  search.line(JSON.stringify(falcoAlert({ rule: "Events Lost" })), "watch.json");
  assert.equal(search.lost(), 22);
});

test("a text of any length and content becomes one that a proof holds, with the nonce in it", async () => {
  const long = await byLine(falcoAlert({ output: `${"x".repeat(3_000)}\u001b[2J${program}${"y".repeat(3_000)}` }));
  assert.ok(long !== undefined && long.text.length <= 1_000 && long.text.includes(NONCE));
  assert.ok(!long.text.includes("\u001b"));
});
