import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

export interface Certificate {
  /** PEM. */
  readonly cert: string;
  /** PEM, PKCS #8. */
  readonly key: string;
  readonly issue: (name: string) => Certificate;
}

const ECDSA_SHA256 = der(0x30, oid('1.2.840.10045.4.3.2'));

/** A certificate authority that is its own server certificate for 127.0.0.1, made anew so that no key lies in a repository. */
export function serverCertificate(name: string): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return certificate(name, publicKey, privateKey, { name, key: privateKey }, true);
}

/** X.509 version 3 (RFC 5280) in DER, by hand: Node can read certificates and not make them. */
function certificate(
  name: string,
  publicKey: KeyObject,
  privateKey: KeyObject,
  issuer: { name: string; key: KeyObject },
  authority: boolean,
): Certificate {
  const now = Date.now();
  const extensions = authority
    ? [
        extension('2.5.29.19', der(0x30, der(0x01, Buffer.from([0xff])))),
        extension('2.5.29.17', der(0x30, der(0x87, Buffer.from([127, 0, 0, 1])), der(0x82, Buffer.from('localhost')))),
      ]
    : [extension('2.5.29.37', der(0x30, oid('1.3.6.1.5.5.7.3.2')))];
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ECDSA_SHA256,
    distinguishedName(issuer.name),
    der(0x30, utcTime(now - 3_600_000), utcTime(now + 365 * 86_400_000)),
    distinguishedName(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, ...extensions)),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', body, issuer.key));
  const pem = der(0x30, body, ECDSA_SHA256, signature).toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${pem}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    issue(client) {
      const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      return certificate(client, pair.publicKey, pair.privateKey, { name, key: privateKey }, false);
    },
  };
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = rest.flatMap((value) => {
    const groups = [value & 0x7f];
    for (let left = value >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return der(0x06, Buffer.from([first * 40 + second, ...bytes]));
}

function distinguishedName(name: string): Buffer {
  return der(0x30, der(0x31, der(0x30, oid('2.5.4.3'), der(0x0c, Buffer.from(name)))));
}

function extension(id: string, value: Buffer): Buffer {
  return der(0x30, oid(id), der(0x04, value));
}

function utcTime(milliseconds: number): Buffer {
  return der(0x17, Buffer.from(`${new Date(milliseconds).toISOString().slice(2, 19).replace(/[-T:]/g, '')}Z`));
}
