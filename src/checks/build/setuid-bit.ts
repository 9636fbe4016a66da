import { shippedRuns } from "./dockerfile/cleanup.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { operandsOf } from "./dockerfile/options.ts";
import { shippedStages, unfolded } from "./dockerfile/stages.ts";

/** Octal with the bit 4000, or letters that give it to the owner. */
function setsUser(mode: string): boolean {
  if (/^[0-7]{4,5}$/.test(mode)) return (Number.parseInt(mode, 8) & 0o4000) !== 0;
  return mode.split(",").some((clause) => /^[goa]{0,3}u[ugoa]{0,3}[+=][rwxXt]*s|^a?[+=][rwxXt]*s/.test(clause));
}

/** Programs that run with their owner's rights, whoever starts them (chmod(1)). */
export const setuidBit = dockerfileCheck<"commands">({
  name: "setuid-bit",
  title: "Setuid bit set during the build",
  severity: "medium",
  documentation: {
    what: "Checks the stages that are in the image for `chmod u+s` and modes such as 4755, of `chmod`, `install` and the flag `--chmod`.",
    why: "Anyone who takes over a process of the container, as any user, becomes root by such a program's next vulnerability. Where `no_new_privs` is set, as it should be, the bit does nothing.",
    fix: "Leave the bit away, and give the program the one capability that it needs (`setcap`), or run it as the user that has the right.",
    references: ["https://manpages.debian.org/chmod.1", "https://docs.kernel.org/userspace-api/no_new_privs.html"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ dockerfile, commands }) {
    const fix = "remove the bit; grant a capability or run as the right user";
    for (const { command, stage } of shippedRuns(dockerfile, commands)) {
      const { program, arguments: words } = command;
      const at = words.findIndex(({ text }) => text === "-m" || text === "--mode" || /^-[a-zA-Z]+m$/.test(text));
      const mode =
        program === "chmod"
          ? operandsOf(command)[0]?.text
          : program === "install"
            ? (words.find(({ text }) => /^(?:--mode=|-m[0-7])/.test(text))?.text.replace(/^(?:--mode=|-m)/, "") ??
              (at === -1 ? undefined : words[at + 1]?.text))
            : undefined;
      if (mode === undefined || !setsUser(mode)) continue;
      yield {
        subject: [program, mode, ...operandsOf(command).flatMap(({ text }) => (text === mode ? [] : [text]))].join(" "),
        title: `${program} ${mode} sets a setuid or setgid bit`,
        range: command.range,
        stage,
        fix,
      };
    }
    const shipped = shippedStages(dockerfile);
    for (const { flags, keyword, stage } of unfolded(dockerfile)) {
      const mode = flags.find(({ name }) => name === "chmod")?.value;
      if (mode === undefined || stage === undefined || !shipped.has(stage) || !setsUser(mode.value ?? mode.text))
        continue;
      yield {
        subject: `${keyword} --chmod=${mode.text}`,
        title: `${keyword} --chmod=${mode.text} sets a setuid or setgid bit`,
        range: mode.range,
        stage,
        fix,
      };
    }
  },
});
