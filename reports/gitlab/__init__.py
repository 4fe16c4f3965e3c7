"""Reports that GitLab shows in a merge request and keeps for a project."""
