import { type BundledPackage, type BundleStats, packagesIn } from './licences.ts';

/**
 * What is in a bundle, as CycloneDX 1.6: exactly the packages that have a module in it, lazy chunks included. It has neither
 * a time, a serial number nor our version, so that the same bundle gives the same file.
 * @param patched whether we ship this package with a change of ours
 */
export function sbom(
  action: string,
  stats: BundleStats,
  folder: string,
  patched: (found: BundledPackage) => boolean = () => false,
): string {
  const components = packagesIn(stats, folder).map((found) => component(found, patched(found)));
  const content = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': action,
        name: action,
        licenses: [{ license: { id: 'Apache-2.0' } }],
      },
    },
    components,
    dependencies: [{ ref: action, dependsOn: components.map((each) => each['bom-ref']) }],
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

function component(found: BundledPackage, patched: boolean) {
  const [name = '', group] = found.name.split('/').reverse();
  const purl = `pkg:npm/${found.name.replace('@', '%40')}@${encodeURIComponent(found.version)}`;
  return {
    type: 'library',
    'bom-ref': purl,
    ...(group === undefined ? {} : { group }),
    name,
    version: found.version,
    licenses: [licenceOf(found.license)],
    purl,
    ...(patched ? { pedigree: { patches: [{ type: 'unofficial' }] } } : {}),
  };
}

/** An SPDX id, an SPDX expression, or the words that the package has for it. */
function licenceOf(license: string) {
  if (/^[\w.+-]+$/.test(license)) return { license: { id: license } };
  if (/ (?:AND|OR|WITH) /.test(license)) return { expression: license };
  return { license: { name: license } };
}
