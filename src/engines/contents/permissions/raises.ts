import type { StatedPermissions } from "./model.ts";

const SETUID = 0o4000;
const SETGID = 0o2000;
const EXECUTE = 0o111;
const GROUP_EXECUTE = 0o010;

/**
 * Whether running the file gives other rights than those of who runs it. Without the group's execute bit, setgid once
 * asked for mandatory locks (chmod(2)); without any, nobody runs it.
 */
export function raisesRights({ type, mode, capabilities }: StatedPermissions): boolean {
  if (type !== "file") return false;
  return (
    ((mode & SETUID) !== 0 && (mode & EXECUTE) !== 0) ||
    ((mode & SETGID) !== 0 && (mode & GROUP_EXECUTE) !== 0) ||
    capabilities !== undefined
  );
}
