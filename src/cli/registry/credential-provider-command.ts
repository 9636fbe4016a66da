/** `registry credential-provider`. */
import type { Command } from "commander";
import type { Finish } from "../finish.ts";

export function credentialProviderCommand(registry: Command, finish: Finish): void {
  registry
    .command("credential-provider")
    .description("answer a kubelet that asks for pull credentials, with the pod's service account token")
    .action(async () => finish((await import("./credential-provider.ts")).credentialProvider()));
}
