import type { Word } from "../../engines/dockerfile/model.ts";
import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { shippedStages } from "./dockerfile/stages.ts";

/** Options that open a debugger to the network, from each program's documentation. */
const OPTIONS: readonly (readonly [RegExp, string])[] = [
  [/--inspect(?:-brk|-wait)?(?:=| )(?:0\.0\.0\.0|\[::\])/, "Node.js's debugger"],
  [/-(?:agentlib:|Xrun)jdwp[=:][^ ]*address=(?:\*|0\.0\.0\.0)/, "Java's debugger"],
  [/-Dcom\.sun\.management\.jmxremote\.authenticate=false/, "Java's management without a password"],
  [/debugpy --listen[= ]0\.0\.0\.0/, "Python's debugger"],
  [/(?:^|[ /])dlv [^;&|]*--listen[= ](?:0\.0\.0\.0)?:/, "Go's debugger"],
];

/** Variables that switch a debugger on. */
const SWITCHES: readonly (readonly [RegExp, RegExp, string])[] = [
  [/^FLASK_DEBUG$/, /^(?:1|true|yes|on)$/i, "Flask's debugger"],
  [/^FLASK_ENV$/, /^development$/i, "Flask's debugger"],
  [/^WERKZEUG_DEBUG_PIN$/, /^off$/i, "Werkzeug's console without a PIN"],
  [/^SYMFONY_DEBUG$|^APP_DEBUG$/, /^(?:1|true)$/i, "the framework's debug pages"],
];

function optionIn(text: string): string | undefined {
  return OPTIONS.find(([pattern]) => pattern.test(text.slice(0, 2048)))?.[1];
}

/** Debuggers that listen in the image that ships. */
export const debuggerOpen = dockerfileCheck({
  name: "debugger-open",
  title: "Debuggers or debug pages enabled",
  severity: "medium",
  documentation: {
    what: "Checks `CMD`, `ENTRYPOINT` and `ENV` of the last stage and those that it is built on: debuggers of Node.js, Java, Python and Go that listen for others than the container itself, Java's management without a password, and variables that switch Flask's debugger or a framework's debug pages on.",
    why: "A debugger runs whatever it is told, without a password. Debug pages show source, settings and secrets to anyone who makes the program fail.",
    fix: "Take it out of the image that ships, into a stage for development of its own (`--target dev`), or let it listen on 127.0.0.1 alone.",
    references: [
      "https://nodejs.org/en/learn/getting-started/debugging",
      "https://flask.palletsprojects.com/en/stable/debugging/",
      "https://docs.oracle.com/en/java/javase/21/docs/specs/jpda/conninv.html",
    ],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    const shipped = shippedStages(dockerfile);
    const fix = "remove the debugger from the final image";
    for (const { index, instructions } of dockerfile.stages) {
      if (!shipped.has(index)) continue;
      for (const instruction of instructions) {
        if (instruction.keyword === "CMD" || instruction.keyword === "ENTRYPOINT") {
          const { form, keyword } = instruction;
          const text = form.kind === "shell" ? form.text : form.words.map((word: Word) => word.text).join(" ");
          const what = optionIn(text);
          if (what === undefined) continue;
          yield {
            subject: keyword,
            title: `${keyword} opens ${what} to the network`,
            range: form.range,
            stage: index,
            fix,
          };
        } else if (instruction.keyword === "ENV") {
          for (const { name, value, range } of instruction.pairs) {
            const text = value?.value ?? value?.text ?? "";
            const option = optionIn(text);
            const [, , switched] = SWITCHES.find(([names, on]) => names.test(name.text) && on.test(text)) ?? [];
            if (option === undefined && switched === undefined) continue;
            const title =
              option === undefined
                ? `ENV ${name.text} enables ${switched}`
                : `ENV ${name.text} opens ${option} to the network`;
            yield { subject: `ENV ${name.text}`, title, range, stage: index, fix };
          }
        }
      }
    }
  },
});
