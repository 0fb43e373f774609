import { describe, expect, it } from 'vitest';
import { type BuildOptions, baseImages } from '../../src/index.ts';

function read(lines: readonly string[] | string, options: Partial<BuildOptions> = {}) {
  const text = typeof lines === 'string' ? lines : lines.join('\n');
  const { images, problems, unreached } = baseImages(text, { platform: 'linux/amd64', ...options });
  return {
    images: images.map(({ by, image, line }) => `${line} ${by} ${image}`),
    problems: problems.map(({ line, message }) => `${line} ${message}`),
    unreached: unreached.map(({ stage }) => stage),
  };
}

const nothing = { problems: [], unreached: [] };

describe('base images', () => {
  it('come from FROM, COPY --from, RUN --mount and the syntax directive', () => {
    expect(
      read([
        '# syntax=docker/dockerfile:1.9',
        'FROM golang:1.26 AS build',
        'RUN --mount=type=bind,from=ghcr.io/acme/tools:2,source=/bin,target=/tools --mount=type=cache,target=/root make',
        'FROM scratch',
        'COPY --from=build /app /app',
        'COPY --chown=1 --from=busybox:1.37 /bin/sh /bin/sh',
        'RUN --mount=type=secret,id=x,from=ignored true',
      ]),
    ).toEqual({
      ...nothing,
      images: [
        '1 # syntax docker/dockerfile:1.9',
        '2 FROM golang:1.26',
        '3 RUN --mount ghcr.io/acme/tools:2',
        '6 COPY --from busybox:1.37',
      ],
    });
  });

  it('C13 see the ARGs before the first FROM and no others', () => {
    const lines = [
      'ARG VERSION=22 FLAVOUR="-slim"',
      'ARG IMAGE=node:$VERSION$FLAVOUR',
      'FROM $IMAGE AS a',
      'ARG VERSION=20',
      'FROM node:${VERSION}${SUFFIX:-}',
      'COPY --from=a / /',
    ];
    expect(read(lines)).toEqual({ ...nothing, images: ['3 FROM node:22-slim', '5 FROM node:22'] });
    expect(read(lines, { buildArgs: { VERSION: '24' } }).images).toEqual(['3 FROM node:24-slim', '5 FROM node:24']);
    expect(read(['FROM scratch AS a', 'ARG VERSION=22', 'FROM node:$VERSION'])).toEqual({
      images: [],
      problems: ['3 FROM node:$VERSION: VERSION has no value here'],
      unreached: ['a'],
    });
  });

  it('C13 of stages that the target does not need do not count', () => {
    const lines = [
      'FROM node:22 AS base',
      'FROM base AS test',
      'COPY --from=acme/fixtures / /',
      'FROM base AS build',
      'FROM nginx:1.29',
      'COPY --from=build /dist /',
    ];
    expect(read(lines)).toEqual({ images: ['1 FROM node:22', '5 FROM nginx:1.29'], problems: [], unreached: ['test'] });
    expect(read(lines, { target: 'TEST' })).toEqual({
      images: ['1 FROM node:22', '3 COPY --from acme/fixtures'],
      problems: [],
      unreached: ['build', '3'],
    });
    expect(read(lines, { target: '2' }).images).toEqual(['1 FROM node:22']);
    expect(read(lines, { target: 'tset' }).problems).toEqual(['1 there is no stage "tset" in it']);
  });

  it('are told from stages by name, before and after, and by number', () => {
    expect(read(['FROM node AS node', 'FROM NODE', 'COPY --from=0 / /']).images).toEqual(['1 FROM node']);
    expect(read(['FROM a AS x', 'FROM b AS X', 'FROM x'])).toEqual({
      images: ['2 FROM b'],
      problems: [],
      unreached: ['x'],
    });
    expect(read(['FROM a', 'COPY --from=later / /', 'FROM b AS later', 'FROM c', 'COPY --from=0 / /']).images).toEqual([
      '1 FROM a',
      '3 FROM b',
      '4 FROM c',
    ]);
    expect(read(['FROM a', 'COPY --from=7 / /']).problems).toEqual([
      '2 COPY --from=7: there are 1 stages, counted from 0',
    ]);
  });

  it('take the platform of the build', () => {
    const lines = ['FROM --platform=$BUILDPLATFORM acme/app:$TARGETARCH-$TARGETOS'];
    expect(read(lines, { platform: 'linux/arm64' }).images).toEqual(['1 FROM acme/app:arm64-linux']);
  });

  it('are not found in here-documents, comments, or the middle of a line', () => {
    expect(
      read([
        'FROM a AS x # not a comment',
        'FROM b',
        'RUN <<EOF cat <<-"SECOND"',
        'FROM c',
        'EOF',
        'FROM d',
        '\t\tSECOND',
        'RUN echo \\',
        '  # FROM e',
        '',
        '  FROM f',
        'RUN ["sh", "-c", "<<EOF"]',
        'RUN echo "<<EOF"',
        '# FROM g',
        'ONBUILD COPY --from=h / /',
        'COPY <<-TEXT /file',
        'FROM i',
        'TEXT',
      ]),
    ).toEqual({
      images: ['2 FROM b'],
      problems: ['1 "FROM a AS x # not a comment" is not "FROM image" or "FROM image AS name"'],
      unreached: ['0'],
    });
    expect(read(['FROM a', 'RUN <<EOF', 'true']).problems).toEqual(['2 the here-document "EOF" is not closed']);
  });

  it('are read with CRLF, a byte order mark, tabs, any case and another escape character', () => {
    expect(read('\uFEFF# escape=`\r\n\r\nfrom`\r\n\tnode:22`\r\n\tas Build\r\n').images).toEqual(['3 FROM node:22']);
    expect(read(['# escape=!', 'FROM a']).problems).toEqual(['1 "!" cannot be the escape character: it is \\ or `']);
    expect(read(['#!/usr/bin/env docker', '# syntax = acme/frontend:1 --debug', 'FROM a']).images[0]).toBe(
      '2 # syntax acme/frontend:1',
    );
    expect(read(['# a comment first', '# syntax=acme/frontend', 'FROM a']).images).toEqual(['3 FROM a']);
  });

  it('that cannot be told are problems with their line, all of them', () => {
    expect(
      read([
        'FROM ${REGISTRY}/node',
        'FROM ""',
        'FROM node:${V',
        'FROM Node',
        'COPY --from=$BASE / /',
        'COPY --from=0 / /',
      ]).problems,
    ).toEqual([
      '1 FROM ${REGISTRY}/node: REGISTRY has no value here',
      '2 FROM "": nothing is left of it',
      '3 FROM node:${V: "}" is missing at the end of "node:${V"',
      '4 FROM: "Node" has upper-case letters: a repository is written in lower case',
      '5 COPY --from: "$BASE" is not an image name: its parts are lower-case letters and digits, with single ".", "_", "__" or dashes between them',
    ]);
    const { problems } = baseImages('FROM a\nCOPY --from=$BASE / /', { platform: 'linux/amd64' });
    expect(problems[0]?.hint).toBe('COPY --from takes no variables: name the image in a FROM ... AS and use that name');
    expect(read('RUN true').problems).toEqual(['1 there is no FROM in it']);
    expect(read('').problems).toEqual(['1 there is no FROM in it']);
    expect(read(['ENV A=b', 'FROM a']).problems).toEqual(['1 ENV stands before the first FROM']);
  });
});
