/** Bounds of what the distributions' own suites say, and of the keys they are signed with. */
export const bounds = {
  /** A list of sources, or the signature in front of an Alpine index, inflated. */
  smallFileBytes: 4 * 1024 * 1024,
  /** Packets of one OpenPGP key ring or signature, and signatures over one message that are tried. */
  openpgpPackets: 50_000,
  openpgpSignatures: 32,
  /** Signatures of one key over itself or over one of its subkeys that are verified. */
  openpgpStatements: 64,
  /** Certificates of one key ring, subkeys of one certificate, and certificates that are tried for one message. */
  openpgpCertificates: 1_000,
  openpgpSubkeys: 64,
  openpgpTries: 64,
  /** Characters of one line of a signed message: GnuPG cuts those off that have 20,000. */
  openpgpLineLength: 19_000,
  /** One file of public keys. */
  keyringBytes: 4 * 1024 * 1024,
  /** Files of keys, and of sources, that one image or machine may have. */
  keyringFiles: 200,
  keyringTotalBytes: 16 * 1024 * 1024,
  /** One InRelease file; real ones have 150 KiB. */
  suiteReleaseBytes: 16 * 1024 * 1024,
  /** One index of packages, packed and unpacked; Debian's largest has 60 MiB. */
  suiteIndexBytes: 128 * 1024 * 1024,
  suiteIndexUnpackedBytes: 256 * 1024 * 1024,
  /** Suites, and indexes of all of them, that one image or machine is held against. */
  suites: 32,
  suiteIndexes: 96,
  /** Versions of one package in all of them. */
  suiteOffers: 1_000,
  /** Elements of repomd.xml, a metalink or one package of primary.xml, and elements within elements. */
  repositoryXmlElements: 100_000,
  repositoryXmlDepth: 16,
  /** primary.xml and modules.yaml, unpacked; Fedora's of all packages have 200 and 1 MiB, Oracle's of a release 700. */
  rpmIndexUnpackedBytes: 1024 * 1024 * 1024,
  rpmModulesBytes: 64 * 1024 * 1024,
  /** Mirrors of one repository that are tried. */
  mirrors: 4,
  /** Builds that the advisories of one repository name. */
  securityBuilds: 2_000_000,
  /** Milliseconds after which no further suite or index is asked for. */
  suitesMilliseconds: 10 * 60 * 1000,
} as const;
