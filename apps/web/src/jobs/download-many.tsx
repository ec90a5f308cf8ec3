import type { ExportFormat, Job } from '@bulk-transcribe/protocol';
import { FolderDown } from 'lucide-react';
import { Button } from 'react-aria-components';
import { allExportUrl, jobExportUrl } from '../api/client.ts';
import { DownloadMenu } from '../controls/download-menu.tsx';
import { strings } from '../strings.ts';

/** All transcripts of a job as one ZIP file. */
export function DownloadJob({ job, name }: { readonly job: Job; readonly name: string }) {
  return <DownloadZip label={strings.downloads.jobNamed(name)} urlOf={(format) => jobExportUrl(job.id, format)} words={strings.downloads.all} />;
}

/** All transcripts that there are, a folder for each job. */
export const DownloadEverything = () => (
  <DownloadZip label={strings.downloads.everything} urlOf={allExportUrl} words={strings.downloads.everything} />
);

interface DownloadZipProps {
  readonly label: string;
  readonly words: string;
  readonly urlOf: (format: ExportFormat) => string;
}

const DownloadZip = ({ label, words, urlOf }: DownloadZipProps) => (
  <DownloadMenu
    label={label}
    urlOf={urlOf}
    trigger={
      <Button className="button quiet" aria-label={label}>
        <FolderDown aria-hidden size={16} />
        {words}
      </Button>
    }
  />
);
