/** `registry account add`, `remove` and `list`. */
import type { Command } from "commander";
import type { Finish } from "../finish.ts";

export function accountCommands(registry: Command, finish: Finish): void {
  const account = registry.command("account").description("manage users and robots of the registry guard");
  const file = (command: Command) =>
    command.option("--accounts <file>", "accounts file, as for `registry serve`", "accounts.json");
  file(account.command("add"))
    .argument("<name>", "user name, as clients give it to log in: alice, ci-shop")
    .description("add a user or a robot, with a generated password unless one is given")
    .option("--robot", "account of a program: robot:NAME in the policy, instead of user:NAME", false)
    .option("--expires <time>", "last moment of the account (ISO 8601); a date includes that day")
    .option("--password-stdin", "read the password from standard input: one line of at least 12 characters", false)
    .option("--replace", "give an existing account a new password, which ends its tokens", false)
    .action(async (name: string, options) => finish((await import("./account.ts")).accountAdd(name, options)));
  file(account.command("remove"))
    .argument("<name>", "user name")
    .description("remove an account; its tokens stop working when the guard next reads the file")
    .action(async (name: string, options) => finish((await import("./account.ts")).accountRemove(name, options)));
  file(account.command("list"))
    .description("list accounts")
    .option("--json", "print JSON", false)
    .action(async (options) => finish((await import("./account.ts")).accountList(options)));
}
