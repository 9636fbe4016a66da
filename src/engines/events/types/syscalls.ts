/** System calls: the ids that events carry, the kernel's numbers, names, and the event that ends each. */
import { codes } from "./codes.ts";
import { syscallLines } from "./syscall-lines.ts";

/** As the frames' header names them. */
export type Architecture = "x86_64" | "arm64";

export interface Syscall {
  /** What the parameter `ID` of the event `syscall` says. */
  readonly id: number;
  readonly name: string;
  /** The kernel's numbers; absent where that kernel has none. */
  readonly x86_64?: number;
  readonly arm64?: number;
  /** Code of the event that ends it; `codes.generic` for those without one of their own. */
  readonly code: number;
}

function read(word: string): Syscall {
  const [id = "", name = "", x86 = "", arm = "", code = ""] = word.split(":");
  return {
    id: Number(id),
    name,
    ...(x86 === "" ? {} : { x86_64: Number(x86) }),
    ...(arm === "" ? {} : { arm64: Number(arm) }),
    code: code === "" ? codes.generic : Number(code),
  };
}

export const syscalls: readonly Syscall[] = syscallLines.trim().split(/\s+/).map(read);

const byId = new Map(syscalls.map((syscall) => [syscall.id, syscall]));
const byName = new Map(syscalls.map((syscall) => [syscall.name, syscall]));
const byNumber = {
  x86_64: new Map(syscalls.flatMap((syscall) => (syscall.x86_64 === undefined ? [] : [[syscall.x86_64, syscall]]))),
  arm64: new Map(syscalls.flatMap((syscall) => (syscall.arm64 === undefined ? [] : [[syscall.arm64, syscall]]))),
};

/** By the id of the parameter `ID`. */
export function syscallById(id: number): Syscall | undefined {
  return byId.get(id);
}

/** By name as the kernel has it: `unshare`, `pread64`. */
export function syscallByName(name: string): Syscall | undefined {
  return byName.get(name);
}

/** By the kernel's own number. */
export function syscallByNumber(architecture: Architecture, number: number): Syscall | undefined {
  return byNumber[architecture].get(number);
}
