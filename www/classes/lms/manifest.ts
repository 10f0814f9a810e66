/** What tells an LMS what is in a package: one XML file, of another kind for each standard. */

import { escaped } from '../../ui/export/svg.js';

/** The standards that packages are made for. */
export type Standard = 'scorm12' | 'scorm2004' | 'xapi';

/** What a package is about. */
export interface Described {
  /** Letters, digits and dashes; another one for each set. */
  id: string;
  title: string;
  /** The document that is opened. */
  start: string;
  /** Every file beside the description. */
  files: readonly string[];
}

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';
const filesOf = ({ files }: Described) => files.map((file) => `      <file href="${escaped(encodeURI(file))}"/>\n`).join('');

const scorm12 = (about: Described) => `${HEAD}<manifest identifier="${about.id}" version="1"
    xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
  <metadata>
    <schema>ADL SCORM</schema>
    <schemaversion>1.2</schemaversion>
  </metadata>
  <organizations default="set">
    <organization identifier="set">
      <title>${escaped(about.title)}</title>
      <item identifier="lesson" identifierref="page">
        <title>${escaped(about.title)}</title>
      </item>
    </organization>
  </organizations>
  <resources>
    <resource identifier="page" type="webcontent" adlcp:scormtype="sco" href="${about.start}">
${filesOf(about)}    </resource>
  </resources>
</manifest>
`;

// What the lesson says decides whether it is done, not that it was opened.
const scorm2004 = (about: Described) => `${HEAD}<manifest identifier="${about.id}" version="1"
    xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3"
    xmlns:imsss="http://www.imsglobal.org/xsd/imsss">
  <metadata>
    <schema>ADL SCORM</schema>
    <schemaversion>2004 3rd Edition</schemaversion>
  </metadata>
  <organizations default="set">
    <organization identifier="set">
      <title>${escaped(about.title)}</title>
      <item identifier="lesson" identifierref="page">
        <title>${escaped(about.title)}</title>
        <imsss:sequencing>
          <imsss:deliveryControls completionSetByContent="true" objectiveSetByContent="true"/>
        </imsss:sequencing>
      </item>
    </organization>
  </organizations>
  <resources>
    <resource identifier="page" type="webcontent" adlcp:scormType="sco" href="${about.start}">
${filesOf(about)}    </resource>
  </resources>
</manifest>
`;

const xapi = ({ id, title, start }: Described) => `${HEAD}<tincan xmlns="http://projecttincan.com/tincan.xsd">
  <activities>
    <activity id="${activityOf(id)}" type="http://adlnet.gov/expapi/activities/lesson">
      <name>${escaped(title)}</name>
      <description lang="en">${escaped(title)}</description>
      <launch lang="en">${start}</launch>
    </activity>
  </activities>
</tincan>
`;

/** What stands for a set in statements of xAPI. */
export const activityOf = (id: string) => `urn:compact-proofs:${id}`;

/** The file that an LMS reads first: its name and its text. */
export const MANIFESTS: Readonly<Record<Standard, readonly [file: string, text: (about: Described) => string]>> = {
  scorm12: ['imsmanifest.xml', scorm12],
  scorm2004: ['imsmanifest.xml', scorm2004],
  xapi: ['tincan.xml', xapi],
};
