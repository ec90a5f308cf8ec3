export { type BucketOptions, LINK_SECONDS, openBucket, type ResultBucket, type StoredObject } from './bucket.ts';
