/** Commands of the registry guard. Their code is loaded when one of them is run. */
import type { Command } from "commander";
import type { Finish } from "../finish.ts";
import { accountCommands } from "./account-commands.ts";
import { credentialProviderCommand } from "./credential-provider-command.ts";
import { keysCommand } from "./keys-command.ts";
import { mirrorCommand } from "./mirror-commands.ts";
import { serveCommands } from "./serve-command.ts";

export function registryCommands(program: Command, finish: Finish): void {
  const registry = program.command("registry").description("guard a registry: who may pull and push what");
  serveCommands(registry, finish);
  accountCommands(registry, finish);
  keysCommand(registry, finish);
  credentialProviderCommand(registry, finish);
  mirrorCommand(registry, finish);
}
