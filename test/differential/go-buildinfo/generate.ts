/** Programs in ELF with Go's build information: whole ones, and such as two readers could take for others. */
import { elfFile, goBuildInfo } from "../../../src/engines/contents/packages/binary/executable.fixture.ts";
import type { Random } from "../random.ts";

const PATHS = ["example.com/a", "example.com/b", "github.com/x/y/v2", "golang.org/x/net", "z"];
const VERSIONS = ["v1.2.3", "(devel)", "v0.0.0-20240101000000-abcdefabcdef", "v2.0.0+incompatible", ""];
const FOLDERS = ["./here", "../there", "/root"];
const NAMES = [".go.buildinfo", ".go.buildinfo", ".go.buildinfo", "x.go.buildinfo", ".go.buildinf", ".data", ".text"];

export function programFrom(random: Random): Buffer {
  const sections: Record<string, Buffer> = {};
  for (let count = 1 + random.below(3); count > 0; count--) {
    const info = goBuildInfo(
      random.pick(["go1.24.4", "go1.24.4", "go1.21.0 X:boring", "devel go1.25", random.pick(["", "x"])]),
      lines(random),
    );
    const before = random.once(5) ? random.bytes(random.pick([8, 16, 32])) : Buffer.alloc(0);
    const more = random.once(4) ? Buffer.alloc(random.below(40)) : Buffer.alloc(0);
    sections[random.pick(NAMES)] = Buffer.concat([before, random.once(5) ? changed(random, info) : info, more]);
  }
  const program = elfFile(sections, {
    bits: random.once(5) ? 32 : 64,
    order: random.once(6) ? "big" : "little",
    sectionTable: !random.once(6),
  });
  // Go asks for the file's version and type; the fixture leaves out what no reader of ours looks at.
  program[6] = 1;
  const wide = program[4] === 2;
  program[program[5] === 2 ? 23 : 20] = 1;
  program[program[5] === 2 ? 17 : 16] = 2;
  program[program[5] === 2 ? 19 : 18] = 62;
  if (wide) copySize(program, 64 + 32, 64 + 40, 8);
  else copySize(program, 52 + 16, 52 + 20, 4);
  return random.once(2) ? program : moved(random, program, wide ? 64 + 56 : 52 + 32, wide ? 64 : 40);
}

function lines(random: Random): string[] {
  const module = (): string => `${random.pick(PATHS)}\t${random.pick(VERSIONS)}${random.once(2) ? "\th1:x=" : ""}`;
  const found = [`path\t${random.pick(PATHS)}`, `mod\t${module()}`];
  for (let count = random.below(5); count > 0; count--) {
    found.push(`dep\t${module()}`);
    if (random.once(4)) found.push(`=>\t${random.pick(random.once(2) ? FOLDERS : PATHS)}\t${random.pick(VERSIONS)}\t`);
  }
  if (random.once(3)) found.push("build\t-compiler=gc");
  if (random.once(6))
    found.splice(random.below(found.length), 1, random.pick(["", "dep", "dep\ta", "mod\tq\tv1", "x\ty"]));
  return found;
}

function copySize(program: Buffer, from: number, to: number, bytes: number): void {
  program.copy(program, to, from, from + bytes);
}

function changed(random: Random, bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  for (let count = 1 + random.below(3); count > 0; count--) copy[random.below(copy.length)] = random.below(256);
  return copy;
}

/** A field of a section's header says something else: its name, address, offset or size. */
function moved(random: Random, program: Buffer, table: number, entry: number): Buffer {
  const copy = Buffer.from(program);
  for (let count = 1 + random.below(2); count > 0; count--) {
    const field = random.pick(entry === 64 ? [0, 4, 16, 24, 32] : [0, 4, 12, 16, 20]);
    const at = table + entry * random.below(4) + field + (program[5] === 2 ? (entry === 64 && field > 4 ? 7 : 3) : 0);
    if (at < copy.length) copy[at] = random.once(2) ? (copy[at] as number) ^ 16 : random.below(256);
  }
  return copy;
}
