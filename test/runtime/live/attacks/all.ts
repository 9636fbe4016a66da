/** Every attack. */
import type { Attack } from "./attack.ts";
import { escapeAttacks } from "./escapes.ts";
import { fileAttacks } from "./files.ts";
import { networkAttacks } from "./network.ts";
import { programAttacks } from "./programs.ts";

export const attacks: readonly Attack[] = [...fileAttacks, ...programAttacks, ...networkAttacks, ...escapeAttacks];
