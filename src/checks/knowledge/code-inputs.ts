/** Inputs of actions that are run as code: by a shell, an interpreter or a template engine (the actions' own metadata). */

/** The action in lower case, without its ref → names of its inputs. */
const CODE_INPUTS: Readonly<Record<string, readonly string[]>> = {
  "8398a7/action-slack": ["custom_payload"],
  "actions/github-script": ["script"],
  "addnab/docker-run-action": ["run", "options"],
  "amadevus/pwsh-script": ["script"],
  "appleboy/ssh-action": ["script"],
  "azure/cli": ["inlinescript"],
  "azure/powershell": ["inlinescript"],
  "borales/actions-yarn": ["cmd"],
  "cardinalby/js-eval-action": ["expression"],
  "coactions/setup-xvfb": ["run"],
  "devorbitus/yq-action-output": ["cmd"],
  "gabrielbb/xvfb-action": ["run"],
  "garygrossgarten/github-action-ssh": ["command"],
  "gautamkrishnar/blog-post-workflow": ["item_exec"],
  "imjohnbo/issue-bot": ["body", "linked-comments-previous-issue-text", "linked-comments-new-issue-text"],
  "jannekem/run-python-script-action": ["script"],
  "lucasbento/auto-close-issues": ["issue-close-message"],
  "mathiasvr/command-output": ["run"],
  "mikefarah/yq": ["cmd"],
  "msys2/setup-msys2": ["install"],
  "nick-fields/retry": ["command", "on_retry_command", "new_command_on_retry"],
  "nick-invision/retry": ["command", "on_retry_command", "new_command_on_retry"],
  "reactivecircus/android-emulator-runner": ["script", "pre-emulator-launch-script"],
  "roots/issue-closer-action": ["issue-close-message", "pr-close-message"],
  "sergeysova/jq-action": ["cmd"],
  "skitionek/notify-microsoft-teams": ["overwrite"],
  "tibdex/backport": ["body_template", "head_template", "labels_template", "title_template"],
  "uraimo/run-on-arch-action": ["run", "install", "setup"],
  "vmactions/freebsd-vm": ["run", "prepare"],
  "vmactions/netbsd-vm": ["run", "prepare"],
  "vmactions/openbsd-vm": ["run", "prepare"],
  "vmactions/solaris-vm": ["run", "prepare"],
};

/** @param action - in lower case, without its ref */
export function codeInputsOf(action: string): readonly string[] {
  return CODE_INPUTS[action] ?? [];
}
