/**
 * `make soak`: every byte of one signature of each form, changed in every bit, taken out, and exchanged for what JSON and
 * base64 are made of. Verified may be only what says the same.
 *   node test/trust/every-byte.ts [FORM...]
 * Prints a line a form, and below it what was verified and should not; ends with 1 where there is such.
 */
import { type SignatureForm, signatureForms } from "../../src/engines/trust/model.ts";
import { fieldsOf, meaningOf, withField } from "../../src/engines/trust/mutate.fixture.ts";
import { verifySignature } from "../../src/engines/trust/verify.ts";
import { type WholeForm, wholeForms } from "../../src/engines/trust/whole-forms.fixture.ts";

const EXCHANGED = Buffer.from('"\\{}[],:0A=/+- \n\0');

const written = process.argv.slice(2);
const unknown = written.filter((name) => !signatureForms.some((form) => form === name));
if (unknown.length > 0) {
  process.stdout.write(`no such form: ${unknown.join(", ")}; there are ${signatureForms.join(", ")}\n`);
  process.exit(2);
}
for (const form of signatureForms) {
  if (written.length > 0 && !written.includes(form)) continue;
  changeEveryByte(form, wholeForms()[form][0]);
}

function changeEveryByte(form: SignatureForm, { found, material, now }: WholeForm): void {
  const began = performance.now();
  const meaning = meaningOf(found);
  const wrong: string[] = [];
  let [bytes, changes, same] = [0, 0, 0];
  for (const [field, whole] of fieldsOf(found)) {
    bytes += whole.length;
    for (let at = 0; at < whole.length; at++) {
      for (const changed of changesAt(whole, at)) {
        changes += 1;
        const mutated = withField(found, field, changed);
        if (verifySignature(mutated, material, now).outcome === "refused") continue;
        if (meaningOf(mutated) === meaning) same += 1;
        else wrong.push(`${field}, byte ${at}: ${changed.subarray(Math.max(0, at - 20), at + 20).toString("latin1")}`);
      }
      if (process.stderr.isTTY && at % 100 === 0) process.stderr.write(`\r${form} ${field} ${at}/${whole.length}\r`);
    }
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  process.stdout.write(
    `${form}: ${changes} changes of ${bytes} bytes: ${same} verified that say the same, ${wrong.length} that do not (${seconds} s)\n`,
  );
  for (const line of wrong.slice(0, 20)) process.stdout.write(`  ${JSON.stringify(line)}\n`);
  if (wrong.length > 0) process.exitCode = 1;
}

function* changesAt(whole: Buffer, at: number): Generator<Buffer> {
  const before = whole[at] ?? 0;
  const values = new Set([...EXCHANGED, ...Array.from({ length: 8 }, (_, bit) => before ^ (1 << bit))]);
  values.delete(before);
  for (const value of values) {
    const changed = Buffer.from(whole);
    changed[at] = value;
    yield changed;
  }
  yield Buffer.concat([whole.subarray(0, at), whole.subarray(at + 1)]);
}
