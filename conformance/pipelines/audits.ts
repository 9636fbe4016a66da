/** Which checks here answer an audit of another program: zizmor's (GitHub Actions) and glsec's (GitLab CI). */
import { zizmorAudits } from "../../src/checks/knowledge/zizmor-audits.ts";
import { glsecAudits } from "./glsec-audits.ts";

export const checksOfAudits: ReadonlyMap<string, readonly string[]> = new Map([...zizmorAudits, ...glsecAudits]);
