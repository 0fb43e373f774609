import type { Spread } from './spread.ts';

export function kilobytes(bytes: number): string {
  return `${(bytes / 1_000).toLocaleString('en', { maximumFractionDigits: 1, minimumFractionDigits: 1 })} KB`;
}

export function mebibytes(count: number): string {
  return Number.isNaN(count) ? '-' : `${count.toFixed(0)} MiB`;
}

export function milliseconds({ median, least, most }: Spread): string {
  return `${median.toFixed(0)} ms (${least.toFixed(0)} to ${most.toFixed(0)})`;
}

export function times({ median, least, most }: Spread): string {
  return `${median.toFixed(2)}x (${least.toFixed(2)} to ${most.toFixed(2)})`;
}
