/** What stands in the place of a secret and leads to it: names in programs, and those that secret stores give. */

/** `secret_response.payload.data.decode("UTF-8")`, `os.environ["A"]`, `this.config.getPassword()`. */
const CALL =
  /^(?:(?:await|new) )?[A-Za-z_]{1,64}\d{0,2}(?:(?:\.|::|->|\?\.)[A-Za-z_]{1,64}\d{0,2}){1,12}[([].{0,200}$|^[A-Za-z_]{1,64}\d{0,2}[([].{0,200}[)\]];?$/;
/** `smtp.Pass`; of what has digits nobody knows whether it is a password. */
const FIELD = /^[A-Za-z_]{1,64}(?:(?:\.|::|->|\?\.)[A-Za-z_]{1,64}){1,12};?$/;

/** Google Secret Manager, AWS Secrets Manager and SSM, Azure Key Vault, HashiCorp Vault, 1Password. */
const STORE =
  /^projects\/[^/\s]{1,64}\/secrets\/[^/\s]{1,255}(?:\/versions\/[^/\s]{1,20})?$|^arn:aws[\w-]{0,10}:(?:secretsmanager|ssm|kms):|^https:\/\/[\w-]{1,63}\.vault\.(?:azure\.net|azure\.cn|usgovcloudapi\.net)\/|^(?:vault|ref\+[a-z]{1,20}|op|awssm|gcpsm|akv|sm|secretref|doppler|infisical):/i;

/** Whether a value names where a secret is, and is none. */
export function isReference(value: string): boolean {
  return STORE.test(value);
}

/** Whether it is part of a program: only where no quotes make a text of it. */
export function isExpression(value: string): boolean {
  return FIELD.test(value) || CALL.test(value);
}
