/** Whether the mode lets everybody write; with the sticky bit, as /tmp has it, nobody can take others' files away. */
export function letsAllWrite(mode: string): boolean {
  if (/^[0-7]{3,5}$/.test(mode)) {
    const bits = Number.parseInt(mode, 8);
    return (bits & 0o002) !== 0 && (bits & 0o1000) === 0;
  }
  return mode.split(",").some((clause) => {
    const [, who = "", rights = ""] = /^([ugoa]+)[+=]([rwxXst]*)$/.exec(clause) ?? [];
    return /[oa]/.test(who) && rights.includes("w") && !rights.includes("t");
  });
}
