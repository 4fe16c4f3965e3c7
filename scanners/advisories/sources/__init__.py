"""Files of advisories, of exploited vulnerabilities and of EPSS scores, read with bounds."""
