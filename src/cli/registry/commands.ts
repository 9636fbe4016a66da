/** Commands of the registry guard. Their code is loaded when one of them is run. */
import type { Command } from "commander";
import { accountCommands } from "./account-commands.ts";
import { keysCommand } from "./keys-command.ts";
import { serveCommands } from "./serve-command.ts";

export type Finish = (code: Promise<number> | number) => Promise<void>;

export function registryCommands(program: Command, finish: Finish): void {
  const registry = program.command("registry").description("guard a registry: who may pull and push what");
  serveCommands(registry, finish);
  accountCommands(registry, finish);
  keysCommand(registry, finish);
}
