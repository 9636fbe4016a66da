import type { Dockerfile, Instruction, PlacedCommand } from "./model.ts";

/** Every command that the file's instructions run, ONBUILD's included, in the order of the file. */
export function placedCommands(dockerfile: Dockerfile): PlacedCommand[] {
  return dockerfile.instructions.flatMap(commandsOf);
}

function commandsOf(instruction: Instruction): PlacedCommand[] {
  switch (instruction.keyword) {
    case "RUN":
    case "CMD":
    case "ENTRYPOINT":
    case "HEALTHCHECK":
      return instruction.commands.map((command) => ({ command, instruction }));
    case "ONBUILD":
      return commandsOf(instruction.instruction);
    default:
      return [];
  }
}
