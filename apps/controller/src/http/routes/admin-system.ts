import { statfs } from 'node:fs/promises';
import { AdminSystem } from '@bulk-transcribe/protocol';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { aboutAdmin, adminErrors } from '../error-responses.ts';
import type { Parts } from '../parts.ts';
import { ref } from '../shared-schemas.ts';

export const adminSystemRoutes =
  ({ config, identity, jobs }: Parts): FastifyPluginAsyncTypebox =>
  async (app) => {
    const startedAt = new Date(Date.now() - process.uptime() * 1000).toISOString();
    app.get(
      '/system',
      {
        schema: {
          ...aboutAdmin('Disk, database, amounts, versions, retention'),
          response: { 200: ref(AdminSystem), ...adminErrors([]) },
        },
      },
      async () => {
        const { bavail, blocks, bsize } = await statfs(config.DATA_ROOT);
        return {
          ...{ identity, startedAt, node: process.versions.node, platform: `${process.platform} ${process.arch}` },
          disk: { folder: config.DATA_ROOT, freeBytes: bavail * bsize, totalBytes: blocks * bsize },
          ...(await jobs.storedAmounts()),
          retentionDays: config.RETENTION_DAYS,
        };
      },
    );
  };
