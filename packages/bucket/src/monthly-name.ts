/** The bucket where none is named: month and year of the machine's own date, `12-22`, as RunPod's client has named it since its first version. */
export function monthlyName(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(date.getMonth() + 1)}-${two(date.getFullYear() % 100)}`;
}
