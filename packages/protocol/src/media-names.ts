/** What browsers may not know as audio or video, but FFmpeg reads. */
const MEDIA_EXTENSIONS =
  /\.(3g2|3gp|aac|ac3|aif|aifc|aiff|amr|ape|asf|au|avi|caf|dss|ds2|dts|eac3|flac|flv|gsm|m2ts|m4a|m4b|m4v|mka|mkv|mov|mp2|mp3|mp4|mpeg|mpg|mts|mxf|oga|ogg|ogv|opus|ra|rm|spx|ts|tta|voc|vob|w64|wav|weba|webm|wma|wmv|wv)$/i;

/** A hidden file (`._anna.mp3`, which macOS writes beside `anna.mp3`) is no recording, whatever it is called. */
export const isHidden = (name: string): boolean => name.startsWith('.');

/** Whether a file out of a folder is taken for a recording by its name. */
export const namedLikeRecording = (name: string): boolean => !isHidden(name) && MEDIA_EXTENSIONS.test(name);
