import type { Reading } from "./reading.ts";

export function readForeign(_: Reading): void {}
