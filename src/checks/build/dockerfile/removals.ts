/** Packages that a RUN takes out again. */

import type { CommandInstruction } from "../../../engines/dockerfile/model.ts";
import { packageName } from "./package-name.ts";

const removers = /^(?:apt|apt-get|aptitude|apk|dnf|dnf5|yum|microdnf|tdnf|zypper|dpkg|rpm)$/;
const verbs = /^(?:remove|purge|autoremove|auto-remove|autopurge|del|erase|rm|-r|-P|-e|--purge|--remove|--erase)$/;

/** Whether the RUN removes the package or group, or removes what only a variable tells. */
export function deletesPackages({ commands }: CommandInstruction, written: string): boolean {
  const name = packageName(written);
  return commands.some(
    ({ program = "", arguments: words }) =>
      removers.test(program) &&
      words.some(({ text }) => verbs.test(text)) &&
      words.some(({ text, literal }) => !literal || text === name || /^[*?]|\*$/.test(text)),
  );
}
