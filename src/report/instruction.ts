/**
 * A history entry as its author wrote it: without the shell that the builder put before it, BuildKit's mark behind it,
 * and the build arguments (`|1 KEY=value`) that classic builders list first. Blanks are folded.
 */
export function shortInstruction(createdBy: string): string {
  const folded = createdBy.replace(/\s+/g, " ").trim();
  const written = folded.endsWith(MARK) ? folded.slice(0, -MARK.length) : folded;
  const body = written.startsWith("RUN ") ? written.slice("RUN ".length) : written;
  const shell = body.indexOf(SHELL);
  if (shell < 0 || (shell > 0 && !body.startsWith("|"))) return written;
  const command = body.slice(shell + SHELL.length);
  return command.startsWith(NOT_RUN) ? command.slice(NOT_RUN.length).trim() : `RUN ${command}`;
}

const MARK = " # buildkit";
const SHELL = "/bin/sh -c ";
/** What classic builders wrote before an instruction that runs nothing. */
const NOT_RUN = "#(nop) ";
